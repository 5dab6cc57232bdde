# The files readers see of a picture: upright 3:2 crops of fixed widths, and a wider one for link previews, in
# sRGB, without metadata.
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from typing import NamedTuple

from django.core.files.base import ContentFile
from PIL import Image, ImageCms

from publications.images.decoding import decode, encode, open_picture, read_bytes, upright, upright_size

RATIO = 3 / 2
WIDTHS = (320, 640, 960, 1440)
FALLBACK_WIDTH = 960
CARD_SIZE = (1200, 630)  # what link previews ask for
LEAST_CARD_CROP = 600  # pixels: what is narrower would be a blur at that size
ENCODINGS = {
    "avif": {"quality": 60, "speed": 8},
    "webp": {"quality": 78, "method": 4},
    "jpeg": {"quality": 82, "progressive": True, "optimize": True},
}
# Part of what names are made from: raise it whenever the same picture would come out differently.
RENDITION_VERSION = 1
# Kept in each manifest: raise it whenever other files belong to a picture, and it is seen that some lack.
SET_VERSION = 2

PROFILE_MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}


def render(file, storage, *, focal=(0.5, 0.5)):
    """Make the renditions of a checked picture that `storage` lacks; return the manifest of all of them.

    `focal` is the point to keep in view, in fractions of the upright width and height. Names depend on the
    picture's bytes and the focal point alone, so the file under a name never changes. Takes a second or two
    for a photograph, and next to nothing when all files exist.
    """
    data = read_bytes(file)
    image = open_picture(data)
    recipe = f"{sha256(data).hexdigest()} {focal[0]:.4f} {focal[1]:.4f} {RENDITION_VERSION}"
    size = upright_size(image)
    widths = _widths(_crop_width(size, RATIO))
    has_card = _crop_width(size, CARD_SIZE[0] / CARD_SIZE[1]) >= LEAST_CARD_CROP
    manifest = _manifest(sha256(recipe.encode()).hexdigest()[:32], widths, has_card)
    missing = [entry for entry in _entries(manifest) if not storage.exists(rendition_path(entry.name))]
    if missing:
        _make(_Crops(image, focal, _size(max(widths))), missing, storage)
    return manifest


def rendition_path(name):
    """Return where the rendition of this name lies in the storage."""
    return f"images/{name[:2]}/{name}"


def focal_crop_box(width, height, ratio, focal):
    """Return (left, top, right, bottom) of the largest crop of `ratio` (width to height), as near to centred
    on `focal` (fractions, 0 to 1) as the edges of the picture allow."""
    crop_width = max(1, min(width, round(height * ratio)))
    crop_height = max(1, min(height, round(width / ratio)))
    left = _clamp(round(focal[0] * width - crop_width / 2), 0, width - crop_width)
    top = _clamp(round(focal[1] * height - crop_height / 2), 0, height - crop_height)
    return left, top, left + crop_width, top + crop_height


def _clamp(value, low, high):
    return max(low, min(value, high))


def _crop_width(size, ratio):
    left, _top, right, _bottom = focal_crop_box(*size, ratio, (0.5, 0.5))
    return right - left


def _widths(crop_width):
    """Return the fixed widths the crop can fill, or its own width when it can fill none."""
    return [width for width in WIDTHS if width <= crop_width] or [crop_width]


def _size(width):
    return width, max(1, round(width / RATIO))


def _manifest(key, widths, has_card):
    fallback = max((width for width in widths if width <= FALLBACK_WIDTH), default=min(widths))
    manifest = {
        "version": SET_VERSION,
        "avif": [{"width": width, "name": f"{key}-{width}.avif"} for width in widths],
        "webp": [{"width": width, "name": f"{key}-{width}.webp"} for width in widths],
        "jpeg": {"name": f"{key}-{fallback}.jpg"},
    }
    manifest["width"], manifest["height"] = _size(max(widths))
    manifest["jpeg"]["width"], manifest["jpeg"]["height"] = _size(fallback)
    if has_card:
        width, height = CARD_SIZE
        manifest["card"] = {"width": width, "height": height, "name": f"{key}-card.jpg"}
    return manifest


class _Entry(NamedTuple):
    format: str
    size: tuple[int, int]
    name: str


def _entries(manifest):
    """Yield every file in the manifest."""
    for format in ("avif", "webp"):
        for entry in manifest[format]:
            yield _Entry(format, _size(entry["width"]), entry["name"])
    yield _Entry("jpeg", _size(manifest["jpeg"]["width"]), manifest["jpeg"]["name"])
    if "card" in manifest:
        yield _Entry("jpeg", CARD_SIZE, manifest["card"]["name"])


def _make(crops, entries, storage):
    def encoded(entry):
        return encode(crops.make(entry.size), entry.format, ENCODINGS[entry.format])

    with ThreadPoolExecutor(max_workers=2) as pool:  # the encoders let other threads run
        for entry, content in zip(entries, pool.map(encoded, entries), strict=True):
            path = rendition_path(entry.name)
            saved = storage.save(path, ContentFile(content))
            if saved != path:  # somebody else made the same file a moment ago
                storage.delete(saved)


class _Crops:
    """The crops of one picture around `focal`. Those of 3:2 are made from the largest of them."""

    def __init__(self, image, focal, largest):
        shrink = min(
            _crop_width(upright_size(image), width / height) / width for width, height in (largest, CARD_SIZE)
        )
        # A JPEG can be decoded at a half, a quarter or an eighth of its size: several times faster.
        image.draft(None, (int(image.width / shrink) + 1, int(image.height / shrink) + 1))
        decode(image)
        self._picture, self._profile, self._focal = (
            _flattened(upright(image)),
            image.info.get("icc_profile"),
            focal,
        )
        self._largest = self._crop(largest)

    def make(self, size):
        if size == CARD_SIZE:
            return self._crop(size)
        return self._largest.resize(size, Image.Resampling.LANCZOS)

    def _crop(self, size):
        box = focal_crop_box(*self._picture.size, size[0] / size[1], self._focal)
        picture = self._picture.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=2)
        return _in_srgb(picture, self._profile)


def _flattened(picture):
    """Return the picture without palette, without transparency (on white) and with eight bits a channel."""
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        return ground
    if picture.mode.startswith("I"):  # 16 bits, which a plain conversion would clip instead of scale
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode == "1":
        return picture.convert("L")
    return picture if picture.mode in ("RGB", "L", "CMYK") else picture.convert("RGB")


def _in_srgb(picture, profile):
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            mode = PROFILE_MODES[source.profile.xcolor_space]
            target = ImageCms.createProfile("sRGB")
            picture = ImageCms.profileToProfile(picture.convert(mode), source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, KeyError, ValueError):
            pass  # the profile is broken: a plain conversion is the best guess
    picture = picture.convert("RGB")
    picture.info = {}  # some encoders copy what they find here into the file
    return picture
