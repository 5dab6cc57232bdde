# The pictures of the sample collection, drawn when they are needed so that none lies in the repository.
from collections.abc import Callable
from pathlib import Path

from publications.sample.pictures import charts, city, indoors, land, ports, sea, shore, streets, water

DRAWINGS = {
    name: drawing
    for subject in (shore, sea, ports, water, land, city, streets, indoors, charts)
    for name, drawing in subject.PICTURES.items()
}


def draw(name: str, folder: Path) -> Path:
    """Draw one picture into the folder, as "<name>.jpg"; takes about a third of a second."""
    path = folder / f"{name}.jpg"
    DRAWINGS[name]().save(path, quality=86)
    return path


def draw_all(folder: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> list[Path]:
    """Draw every picture into the folder; `progress` is called with (done, total)."""
    paths = []
    for name in DRAWINGS:
        paths.append(draw(name, folder))
        progress(len(paths), len(DRAWINGS))
    return paths
