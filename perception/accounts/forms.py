"""The forms of accounts: Django's own, with what is ours to say."""

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy

from perception.accounts.errors import AccountError
from perception.accounts.first_account import check_code


class FirstAccountForm(UserCreationForm[User]):
    """The code that the server printed, a name, and a password twice."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "autofocus": True}
        ),
        help_text=gettext_lazy("The server printed it in its terminal when it started, such as ABCD-EFGH-JKMN-PQRS."),
    )
    field_order = ("code", "username", "password1", "password2")

    class Meta(UserCreationForm.Meta):
        """Django's user."""

        model = User
        fields = ("username",)

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Leave the focus to the code, which comes first."""
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.pop("autofocus", None)
        self.code_was_wrong = False

    def clean_code(self) -> str:
        """Return the code, if it is the right one.

        Raises
        ------
        ValidationError
            It is another.
        """
        code: str = self.cleaned_data["code"]
        try:
            check_code(code)
        except AccountError as error:
            self.code_was_wrong = True
            raise forms.ValidationError(str(error)) from error
        return code


class InvitationForm(forms.Form):
    """Whom to invite."""

    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=gettext_lazy("They sign in with it, and colleagues see it. Letters, digits and @ . + - _ only."),
    )
    administrator = forms.BooleanField(
        required=False,
        label=gettext_lazy("Administrator"),
        help_text=gettext_lazy("Sees every study, and changes accounts."),
    )
