"""Times as the protocol writes them."""
from datetime import datetime, timezone


def rfc(ms):
    return datetime.fromtimestamp(ms / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03}Z"


def millis(text):
    return None if text is None else round(datetime.fromisoformat(text).timestamp() * 1000)
