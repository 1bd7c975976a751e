"""What the recipes use of conan.tools.build."""


def check_min_cppstd(_recipe, standard):
    assert standard == 20, standard


def can_run(_recipe):
    return True
