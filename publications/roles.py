# What a person's roles let them do, topic by topic. A role holds for its topic and all topics below it, and adds
# to what their groups allow everywhere. Knows models by name only, so that querysets can ask it.
from django.apps import apps
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.db.models import Max, Q, prefetch_related_objects

AUTHOR, EDITOR, PUBLISHER = 1, 2, 3
# What each step of the ladder adds to those below it. Rights to the parts of an item or topic, such as its
# files, are those to the whole.
RIGHTS = {
    AUTHOR: {
        "publication": ("view", "add", "change"),
        "topic": ("view",),
        "image": ("view", "add", "change"),
        "person": ("view", "add"),
        "contenttype": ("view",),
        "previewlink": ("view", "add", "change"),
        "loggedstep": ("view",),
    },
    EDITOR: {"topic": ("change",)},
    PUBLISHER: {"publication": ("publish", "delete")},
}
WHOLE = {
    "authorship": "publication",
    "file": "publication",
    "correction": "publication",
    "featureditem": "topic",
}
LEAST = {
    f"publications.{action}_{model}": role
    for role, models in RIGHTS.items()
    for model, actions in models.items()
    for action in actions
}
NOBODY = 9  # more than any role
CHANGES_IN = {"draft": AUTHOR, "in_review": EDITOR}  # what readers see, or saw, is for publishers


class GroupBackend(ModelBackend):
    """Django's own, which asks for the rights of a person and for those of their groups one after the other, with
    both in one query."""

    def get_all_permissions(self, user_obj, obj=None):
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if not hasattr(user_obj, "_perm_cache"):
            rights = apps.get_model("auth", "Permission").objects.order_by()
            if not user_obj.is_superuser:
                rights = rights.filter(Q(user=user_obj) | Q(group__user=user_obj))
            names = rights.values_list("content_type__app_label", "codename")
            user_obj._perm_cache = {f"{app}.{codename}" for app, codename in names}
        return user_obj._perm_cache


class TopicRoleBackend(BaseBackend):
    """Answers `user.has_perm(right, obj)`: by the groups, whatever the object, or by a role on its topics."""

    def has_perm(self, user_obj, perm, obj=None):
        return obj is not None and (user_obj.has_perm(perm) or gives(user_obj, perm, obj))

    def has_module_perms(self, user_obj, app_label):
        return app_label == "publications" and bool(roles_of(user_obj))


def roles_of(user) -> dict[int, int]:
    """The person's role in each topic where they have one, or have one above it. One query for each request."""
    if not user or not (user.is_active and user.is_staff):
        return {}
    if not hasattr(user, "roles_by_topic"):
        rows = apps.get_model("publications", "TopicRole").objects
        rows = rows.filter(Q(user=user) | Q(group__in=user.groups.all())).order_by()
        user.roles_by_topic = dict(rows.values_list("topic__descendant_paths__topic").annotate(Max("role")))
    return user.roles_by_topic


def curated_by(user) -> list[int]:
    """The topics whose top a person arranges by a role."""
    return [topic for topic, role in roles_of(user).items() if role >= EDITOR]


def may_use_any_topic(user) -> bool:
    """Whether they put items into any topic, and not into those of their roles alone."""
    return user.has_perm("publications.change_publication")


def may_somewhere(user, right: str) -> bool:
    """Whether a person may do this to anything at all, by their groups or by a role."""
    least = _least(right)
    return user.has_perm(right) or (least <= PUBLISHER and _highest(user) >= least)


def gives(user, right: str, obj) -> bool:
    """Whether a role of this person gives them this right over this object."""
    right = _of_whole(right)
    if not may_somewhere(user, right):
        return False
    rule = RULES.get(obj._meta.model_name)
    return rule(user, right, obj) if rule else obj._meta.model_name in RIGHTS[AUTHOR]


def _of_whole(right: str) -> str:
    """The right to a part, as the right to the whole that it changes."""
    action, model = right.removeprefix("publications.").split("_", 1)
    if model not in WHOLE:
        return right
    return f"publications.{'view' if action == 'view' else 'change'}_{WHOLE[model]}"


def _least(right: str) -> int:
    return LEAST.get(_of_whole(right), NOBODY)


def _highest(user) -> int:
    return max(roles_of(user).values(), default=0)


def _on_publication(user, right, publication) -> bool:
    if right.endswith(".view_publication"):
        is_open = publication.created_by_id == user.pk or not publication.pk or publication.has_page
        return is_open or _role_on(user, publication) > 0
    return _role_on(user, publication) >= _least_on(publication, right)


def _least_on(publication, right) -> int:
    if ".change_" not in right:
        return _least(right)
    if publication.working_copy_of_id:
        return EDITOR
    return CHANGES_IN.get(publication.state, PUBLISHER)


def _role_on(user, publication) -> int:
    """The highest of those on its topics. A draft without topics is its maker's, and so is a new one. Changes to
    a live item are for those who may act on that."""
    publication = publication.working_copy_of or publication
    if publication.pk is None:
        return _highest(user)
    topics = [topic.pk for topic in _topics_of(publication)]
    if not topics and publication.state == "draft" and publication.created_by_id == user.pk:
        return AUTHOR
    return max((roles_of(user).get(pk, 0) for pk in topics), default=0)


def _topics_of(publication):
    """Read once for all that is asked about an item; Django forgets them when the item gets others."""
    prefetch_related_objects([publication], "topics")
    return publication.topics.all()


def _on_topic(user, right, topic) -> bool:
    return ".view_" in right or roles_of(user).get(topic.pk, 0) >= _least(right)


def _on_image(user, right, image) -> bool:
    """A picture is changed by whoever may change everything that shows it."""
    if image.pk is None:
        return True
    if ".view_" in right:
        return type(image).objects.visible_to(user).filter(pk=image.pk).exists()
    featured = (item.topic for item in image.featured_items.select_related("topic"))
    items = apps.get_model("publications", "Publication").with_copies.filter(image=image)
    shown = [*items.prefetch_related("topics"), *image.topics.all(), *featured]
    is_theirs = bool(shown) or image.created_by_id == user.pk
    return is_theirs and all(
        user.has_perm(f"publications.change_{each._meta.model_name}", each) for each in shown
    )


def _on_link(user, right, link) -> bool:
    """One to a list is its maker's."""
    return _as_its_publication(user, right, link) if link.publication_id else link.created_by_id == user.pk


def _as_its_publication(user, right, row) -> bool:
    """What a deleted item was is for those who see everything."""
    publication = row.publication
    return publication is not None and (
        publication.created_by_id == user.pk or _role_on(user, publication) >= AUTHOR
    )


RULES = {
    "publication": _on_publication,
    "topic": _on_topic,
    "image": _on_image,
    "previewlink": _on_link,
    "loggedstep": _as_its_publication,
}
