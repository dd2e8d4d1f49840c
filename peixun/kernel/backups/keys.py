"""The key of backups, apart from the keys of the data: whoever stores backups need not be able to read numbers."""

import base64
import binascii
import hashlib

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from peixun.kernel.backups.refusals import BackupRefused

KEY_BYTES = 32
NAME_BYTES = 8


def backup_key() -> bytes:
    """The key of this installation. Raises BackupRefused when it is missing or isn't one."""
    if settings.BACKUP_KEY_IS_DEFAULT and not settings.DEMO:
        raise BackupRefused(_("没有设置备份密钥 PEIXUN_BACKUP_KEY（见 docs/settings.md）"))
    try:
        key = base64.b64decode(settings.BACKUP_KEY, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BackupRefused(_("PEIXUN_BACKUP_KEY 不是 base64 编码的密钥")) from error
    if len(key) != KEY_BYTES:
        raise BackupRefused(_("PEIXUN_BACKUP_KEY 应为 32 字节，以 base64 编码"))
    return key


def key_name(key: bytes) -> bytes:
    """A short name of a key, which stands in the file in plain: so a wrong key can be told from a damaged file."""
    return hashlib.sha256(b"peixun-backup-key-name" + key).digest()[:NAME_BYTES]


def file_key(key: bytes, salt: bytes) -> bytes:
    """The key of one file: no two files share one."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"peixun-backup").derive(key)
