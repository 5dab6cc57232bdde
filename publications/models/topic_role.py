# Roles of people in topics. What each of them allows is in roles.py.
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q

from publications import roles


class TopicRole(models.Model):
    """What somebody, or everybody in a group, may do in a topic and in all topics below it."""

    class Role(models.IntegerChoices):
        AUTHOR = roles.AUTHOR, "Author"
        EDITOR = roles.EDITOR, "Editor"
        PUBLISHER = roles.PUBLISHER, "Publisher"

    topic = models.ForeignKey("Topic", on_delete=models.CASCADE, related_name="roles")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="topic_roles",
        verbose_name="person",
    )
    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, null=True, blank=True, related_name="topic_roles"
    )
    role = models.PositiveSmallIntegerField(
        choices=Role,
        default=Role.AUTHOR,
        help_text="Authors write drafts; editors also change what is in review, and the topic's page; "
        "publishers also publish and take back.",
    )

    class Meta:
        ordering = ["topic", "-role", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, group__isnull=True)
                | Q(user__isnull=True, group__isnull=False),
                name="topic_role_of_a_person_or_a_group",
                violation_error_message="Choose a person or a group, and not both.",
            ),
            models.CheckConstraint(condition=Q(role__in=[1, 2, 3]), name="topic_role_known"),
            models.UniqueConstraint(fields=["topic", "user"], name="topic_role_of_a_person_once"),
            models.UniqueConstraint(fields=["topic", "group"], name="topic_role_of_a_group_once"),
        ]

    def __str__(self):
        return f"{self.user or self.group}: {self.get_role_display().lower()} in {self.topic}"
