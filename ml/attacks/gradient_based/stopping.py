"""When an image is moved no more: two options of the attacks that may stop once the target class is read."""

from django.utils.translation import gettext_noop

from ml.options import SettingValue, setting

ONCE_READ, NEVER = "once-read", "never"


def stop_setting() -> str:
    """Describe the option `stop`."""
    return setting(
        ONCE_READ,
        gettext_noop(
            "when an image is moved no more: once it is read as the target class, which is less visible, or "
            "never before the last step, as published"
        ),
        choices=(ONCE_READ, NEVER),
    )


def margin_setting() -> float:
    """Describe the option `margin`, which counts where `stop` is `once-read`."""
    return setting(
        1.0,
        gettext_noop("with `--stop once-read`: by how much (in log-probability) the target class is to lead"),
        at_least=0,
    )


def without_idle_margin(settings: dict[str, SettingValue]) -> dict[str, SettingValue]:
    """Return settings by name, without a margin that nothing asks for."""
    return {name: value for name, value in settings.items() if name != "margin" or settings["stop"] == ONCE_READ}
