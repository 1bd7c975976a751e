"""The Conan 2 recipe of the library. It builds this very tree:
    conan create cmake/conan -s compiler.cppstd=20
"""
import os

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy


class Dev8Agent(ConanFile):
    name = "dev8agent"
    version = "0.1.0"
    license = "Apache-2.0"
    description = "Cloud development environments on Azure Container Instances"
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "emulator": [True, False]}
    default_options = {"shared": False, "emulator": True}

    def export_sources(self):
        tree = os.path.join(self.recipe_folder, "..", "..")
        for part in ("CMakeLists.txt", "LICENSE", "cmake/*", "libdev8agent/*"):
            copy(self, part, src=tree, dst=self.export_sources_folder)

    def requirements(self):
        self.requires("libcurl/[>=7.85 <9]")
        self.requires("openssl/[>=3 <4]")
        self.requires("rapidjson/[>=cci.20220822]")
        if self.options.emulator:
            self.requires("cpp-httplib/[>=0.41 <1]")

    def validate(self):
        check_min_cppstd(self, 20)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["DEV8AGENT_BUILD_EMULATOR"] = bool(self.options.emulator)
        if self.options.emulator:
            header = self.dependencies["cpp-httplib"].cpp_info.includedirs[0]
            toolchain.cache_variables["DEV8AGENT_HTTPLIB_INCLUDE_DIR"] = header
        for part in ("BUILD_DAEMON", "BUILD_EXAMPLES", "BUILD_TESTS", "BUILD_C", "WARNINGS_AS_ERRORS"):
            toolchain.cache_variables["DEV8AGENT_" + part] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        # The package's own CMake files describe its targets.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "dev8agent")]
