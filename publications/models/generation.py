# Which state of everything shown this database is in. Triggers change it, in the transaction of every change:
# publications/listing/generation.py has them, and reads it.
from django.db import models


class Generation(models.Model):
    """All tokens together name the state. A token is random, so that no state ever gets a former one's name,
    not even after a backup was put back."""

    token = models.CharField(max_length=36)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.token
