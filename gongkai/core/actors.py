"""Who acts: a person, or a named job of the system. Every fact carries one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """The author of a write. ``key`` is stable (``user:12``, ``system:tick``); ``name`` is shown."""

    key: str
    name: str
    user_id: int | None = None

    @classmethod
    def system(cls, job: str, name: str = "系统") -> "Actor":
        """A named system job, for example ``system:tick``."""
        return cls(key=f"system:{job}", name=name)
