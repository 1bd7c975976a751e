"""Runs the recipe in the order in which `conan create` does: conan_create.py RECIPE_FOLDER WORK_FOLDER HTTPLIB_FOLDER
WORK_FOLDER/package is then what it packages; the program of its test package runs on that."""
import importlib.util
import os
import subprocess
import sys
from types import SimpleNamespace

recipe_folder, work, httplib = (os.path.abspath(path) for path in sys.argv[1:4])
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True


def load(folder, name):
    spec = importlib.util.spec_from_file_location(name, os.path.join(folder, "conanfile.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    from conan import ConanFile
    return next(kind for kind in vars(module).values()
                if isinstance(kind, type) and issubclass(kind, ConanFile) and kind is not ConanFile)


recipe = load(recipe_folder, "recipe")(recipe_folder)
recipe.export_sources_folder = recipe.source_folder = os.path.join(work, "source")
recipe.package_folder = os.path.join(work, "package")
recipe.dependencies = {"cpp-httplib": SimpleNamespace(cpp_info=SimpleNamespace(includedirs=[httplib]))}
recipe.export_sources()
recipe.validate()
recipe.requirements()
recipe.layout()
recipe.generate()
recipe.build()
recipe.package()
recipe.package_info()
names = {reference.split("/")[0] for reference in recipe.required}
assert names == {"libcurl", "openssl", "rapidjson", "cpp-httplib"}, names
for folder in recipe.cpp_info.builddirs:
    assert os.path.exists(os.path.join(recipe.package_folder, folder, "dev8agent-config.cmake")), folder

test_folder = os.path.join(recipe_folder, "test_package")
test = load(test_folder, "test_recipe")(test_folder)
test.tested_reference_str = f"{recipe.name}/{recipe.version}"
test.source_folder = test_folder
test.package_folder = os.path.join(work, "none")
test.cache = {"CMAKE_PREFIX_PATH": recipe.package_folder}
test.requirements()
assert test.required == [f"dev8agent/{recipe.version}"], test.required
test.layout()
test.build_folder = os.path.join(work, "test_package")  # nothing is written into the tree
test.cpp = SimpleNamespace(build=SimpleNamespace(bindir=test.build_folder))
test.run = lambda program, env: subprocess.run([program], check=True)
test.build()
test.test()
