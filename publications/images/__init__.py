# Pictures: what is accepted as an upload, and the fixed set of files that pages show instead of it.
# Works on files and a storage alone: knows no models, no settings, no requests.
from publications.images.alternative_text import check_alternative_text
from publications.images.logos import check_logo, clean_logo
from publications.images.renditions import SET_VERSION, focal_crop_box, render, rendition_path
from publications.images.uploads import UploadFacts, check_upload, clean_original

__all__ = [
    "SET_VERSION",
    "UploadFacts",
    "check_alternative_text",
    "check_logo",
    "check_upload",
    "clean_logo",
    "clean_original",
    "focal_crop_box",
    "render",
    "rendition_path",
]
