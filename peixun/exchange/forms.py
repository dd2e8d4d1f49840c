"""Uploading a file, confirming a preview."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peixun.kernel import imports


class UploadForm(forms.Form):
    """What the file holds, and the file."""

    key = forms.ChoiceField(label=gettext_lazy("导入内容"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy("xlsx、xls、ods 或 csv。先检查，确认以后才写入。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.txt", "class": "form-control"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["key"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(importer.key, importer.title) for importer in imports.importers()]

    def clean_file(self) -> UploadedFile[Any]:
        """Refuse what is larger than the limit."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if file.size is None or file.size > settings.UPLOAD_LIMIT:
            limit = settings.UPLOAD_LIMIT // (1024 * 1024)
            raise forms.ValidationError(_("文件超过 %(limit)s MB，请分成几个文件") % {"limit": limit})
        return file


class ConfirmForm(forms.Form):
    """Agreeing to leave bad rows out; saying why what belongs to a closed year comes so late."""

    skip_bad = forms.BooleanField(label=gettext_lazy("有问题的行先不导入，其余的行照样导入"), required=False)
    late_reason = forms.CharField(
        label=gettext_lazy("补记原因"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("写清依据，例如“签到表当时漏报，经核对补记”。原因会列入关账后补记。"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
