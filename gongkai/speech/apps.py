from django.apps import AppConfig


class SpeechConfig(AppConfig):
    name = "gongkai.speech"
    label = "speech"
    verbose_name = "朗读录音"

    def ready(self) -> None:
        from gongkai.core import outbox
        from gongkai.core.blobs import register_gate
        from gongkai.publishing.events import subscribe
        from gongkai.publishing.purging import register_forgetter
        from gongkai.speech import checks, files, services  # noqa: F401

        register_gate("speech", files.recording_gate)
        outbox.register_handler(services.MAKE, "制作朗读录音", services.make)
        subscribe("speech", "朗读录音", services.follow)
        register_forgetter("speech", services.forget)
