"""Photos in the browser: on the page of a member, and many at once in a zip."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import rights
from personnel.models import Member, Photo
from personnel.photos import keeping, packages
from personnel.photos.reading import Limits, read
from personnel.photos.reading.limits import MIB
from personnel.photos.reading.sentences import PhotosRefused, sentence

VIEW, ADD, CHANGE = (f"personnel.{verb}_photo" for verb in ("view", "add", "change"))
MOST = Limits().picture_bytes
ONE = Limits(file_bytes=MOST + 1)  # enough to see that it is too large, and to say so of a picture
ACCEPTED = ".jpg,.jpeg,.png,.bmp,.webp"


class PhotoForm(forms.Form):
    """One picture, for one member."""

    photo = forms.FileField(label=gettext_lazy("Picture"), widget=forms.FileInput(attrs={"accept": ACCEPTED}))


class PackageForm(forms.Form):
    """A zip of pictures."""

    package = forms.FileField(
        label=gettext_lazy("Zip file"),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
        help_text=gettext_lazy("Name each picture by the document number, with the name beside it if you like."),
    )


def urls(members):
    """Addresses below those of the members; what changes something is posted."""
    wrapped = members.admin_site.admin_view

    def of_a_member(view):
        return wrapped(lambda request, pk: view(members, request, _found(request, pk)))

    return [
        path("photos/", wrapped(package_page), name="personnel_member_photos"),
        path("<int:pk>/photo/", of_a_member(photo), name="personnel_member_photo"),
        path("<int:pk>/photo/remove/", of_a_member(remove), name="personnel_member_photo_remove"),
    ]


def _found(request, pk):
    """The member; a foreign one is answered like one that does not exist."""
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    member = Member.objects.filter(pk=pk).first()
    if member is None:
        raise Http404
    return member


def may_write(members, request, member) -> bool:
    return request.user.has_perm(CHANGE) and members.has_change_permission(request, member)


def panel(members, request, member):
    """What the page of a member shows of its photo; nothing to those who see none, and for a person to be added."""
    if member is None or not request.user.has_perm(VIEW):
        return None
    mark = Photo.objects.there().filter(member=member).values_list("fingerprint", flat=True).first()
    is_written = may_write(members, request, member)
    # The mark in the address makes the browser fetch a picture that was replaced; it says nothing.
    return {"mark": mark and mark[:12], "form": PhotoForm() if is_written else None}


def photo(members, request, member):
    """GET the picture; POST another one."""
    if request.method == "POST":
        return _upload(members, request, member)
    picture = keeping.picture_of(member)
    if picture is None:
        raise Http404
    return HttpResponse(
        picture,
        content_type="image/jpeg",
        headers={
            "Content-Disposition": 'attachment; filename="photo.jpg"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _upload(members, request, member):
    if not may_write(members, request, member):
        raise PermissionDenied
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        too_large = _is_too_large(request) and sentence("picture_too_large", {"limit": MOST // MIB})
        messages.error(request, str(too_large or _("Please choose a picture first.")))
        return redirect(_file_of(member))
    try:
        (picture,) = _single(read(form.cleaned_data["photo"].read(ONE.file_bytes), ONE))
    except PhotosRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(_file_of(member))
    if picture.refused:
        messages.error(request, str(picture.refused))
        return redirect(_file_of(member))
    kept = keeping.keep({member.pk: picture.jpeg})[member.pk]
    messages.success(request, _("Photo: %(outcome)s.") % {"outcome": packages.OUTCOMES[kept]})
    return redirect(_file_of(member))


def _single(pictures):
    """A zip is no picture, even if it has only one."""
    if len(pictures) != 1 or pictures[0].name:
        raise PhotosRefused("package", _("This is a zip file; here one picture is expected."))
    return pictures


def _is_too_large(request) -> bool:
    """A file above the limit of the site is dropped on its way, and nothing else tells of it."""
    text = request.META.get("CONTENT_LENGTH") or ""
    return text.isdecimal() and int(text) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE


def remove(members, request, member):
    """GET asks, POST takes the photo away."""
    if not may_write(members, request, member):
        raise PermissionDenied
    if request.method == "POST":
        if keeping.take_away(member):
            messages.success(request, _("The photo was taken away."))
        else:
            messages.warning(request, _("There was no photo any more."))
        return redirect(_file_of(member))
    return render(request, "personnel/photo/remove.html", _context(request, _("Take the photo away"), member=member))


def package_page(request):
    """GET asks for a zip; POST answers with what became of every file in it."""
    if not request.user.has_perm(ADD):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    form = PackageForm(request.POST or None, request.FILES or None)
    context = _context(request, _("Photos of many people"), form=form, limits=Limits())
    if request.method == "POST" and form.is_valid():
        try:
            context |= _taken_over(request, form.cleaned_data["package"])
        except PhotosRefused as refusal:
            form.add_error("package", str(refusal))
    elif request.method == "POST" and _is_too_large(request):
        limit = min(Limits().file_bytes, settings.ROSTER_MAX_BYTES) // MIB
        said = _("The file is larger than %(limit)d MB; please send the pictures in several packages.")
        form.errors.clear()
        form.add_error("package", said % {"limit": limit})
    return render(request, "personnel/photo/package.html", context)


def _taken_over(request, sent):
    pictures = read(sent.read(Limits().file_bytes + 1))
    if [picture.name for picture in pictures] == [""]:
        raise PhotosRefused("no_package", _("This is no zip file."))
    outcomes = packages.take_over(pictures, rights.FORCES_WRITTEN.get(request.user.role, ()))
    return {"outcomes": outcomes, "counts": packages.counts(outcomes)}


def _file_of(member):
    return reverse("admin:personnel_member_change", args=[member.pk])


def _context(request, title, **more):
    return admin.site.each_context(request) | {"title": title, "opts": Member._meta} | more
