"""What the recipe uses of conan.tools.files."""
import fnmatch
import os
import shutil


def copy(_recipe, pattern, src, dst):
    """Copies the files of `src` whose path below it fits `pattern`; '*' stands for any text, '/' included."""
    copied = []
    for folder, _, names in os.walk(src):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), src)
            if fnmatch.fnmatch(path, pattern):
                os.makedirs(os.path.join(dst, os.path.dirname(path)), exist_ok=True)
                copied.append(shutil.copy2(os.path.join(src, path), os.path.join(dst, path)))
    return copied
