"""Stands in for Conan 2, which needs the network: what the recipe uses of it, with the libraries of this machine."""


class _Options(dict):
    def __getattr__(self, name):
        return self[name]


class ConanFile:
    """conan_create.py sets the folders."""

    def __init__(self, folder):
        self.recipe_folder = folder
        self.options = _Options(getattr(self, "default_options", {}))
        self.required = []
        self.cpp_info = _CppInfo()

    def requires(self, reference):
        self.required.append(reference)


class _CppInfo:
    def __init__(self):
        self.properties = {}

    def set_property(self, name, value):
        self.properties[name] = value
