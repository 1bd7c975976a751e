"""What the recipes use of conan.tools.cmake."""
import os
import subprocess


def cmake_layout(recipe):
    recipe.build_folder = os.path.join(recipe.source_folder, "build", "Release")


class CMakeDeps:
    def __init__(self, recipe):
        pass

    def generate(self):
        pass


class CMakeToolchain:
    def __init__(self, recipe):
        self._recipe = recipe
        self.cache_variables = {}

    def generate(self):
        self._recipe.cache = self.cache_variables


class CMake:
    def __init__(self, recipe):
        self._recipe = recipe

    def configure(self):
        recipe = self._recipe
        words = ["cmake", "-G", "Ninja", "-S", recipe.source_folder, "-B", recipe.build_folder, "-DCMAKE_BUILD_TYPE=Release",
                 "-DCMAKE_UNITY_BUILD=ON", "-DCMAKE_INSTALL_PREFIX=" + recipe.package_folder, "-DCMAKE_INSTALL_LIBDIR=lib"]
        words += ["-DCMAKE_CXX_COMPILER_LAUNCHER=" + os.environ.get("LAUNCHER", "")]
        words += [f"-D{name}={value}" for name, value in recipe.cache.items()]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)

    def build(self):
        subprocess.run(["cmake", "--build", self._recipe.build_folder], check=True, stdout=subprocess.DEVNULL)

    def install(self):
        subprocess.run(["cmake", "--install", self._recipe.build_folder], check=True, stdout=subprocess.DEVNULL)
