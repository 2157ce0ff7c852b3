"""What httpx raises, told as what happened to the line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from desktop_chat.api.body import Upload
from desktop_chat.api.line_faults import LineFault, failure_of_line, failure_of_upload, is_garbled
from desktop_chat.api.reply_reader import ReplyReader
from desktop_chat.api.retry import AttemptFailed
from desktop_chat.core.errors import ApiError


@contextmanager
def faults_told(host: str, reader: ReplyReader | None, upload: Upload | None) -> Iterator[None]:
    """Turn whatever the line does into AttemptFailed; an ApiError, too, which another try would not help.

    `reader` knows how far the reply has come; None for a small call, of which nothing counts before its end. `upload`
    knows how far the request has gone out.
    """
    import httpx

    def failed(fault: LineFault, cause: BaseException) -> AttemptFailed:
        if fault is LineFault.BROKEN and upload is not None and upload.is_under_way:
            return failure_of_upload(upload, host)
        if reader is None:
            return failure_of_line(fault, cause, host)
        return failure_of_line(fault, cause, host, reader.has_bytes, reader.answer)

    try:
        yield
    except ApiError as error:
        raise AttemptFailed(error, is_temporary=False) from error.__cause__
    except (httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise failed(LineFault.CONNECT_TIMEOUT, error) from error
    except httpx.ProxyError as error:
        raise failed(LineFault.PROXY, error) from error
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL, UnicodeError) as error:
        # UnicodeError: a host name that cannot be written in the form of the name service.
        raise failed(LineFault.ADDRESS, error) from error
    except httpx.ConnectError as error:
        raise failed(LineFault.CONNECT, error) from error
    except httpx.RemoteProtocolError as error:
        raise failed(LineFault.GARBLED if is_garbled(error) else LineFault.BROKEN, error) from error
    except (httpx.TransportError, OSError) as error:
        raise failed(LineFault.BROKEN, error) from error
