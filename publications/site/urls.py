# The public addresses. They are for ever: a page may move, but its old address leads to the new one.
app_name = "publications"
urlpatterns = []
