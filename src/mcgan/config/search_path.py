"""Users' own YAMLs and classes, without a fork."""

from pathlib import Path

from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.global_hydra import GlobalHydra
from hydra.core.plugins import Plugins
from hydra.plugins.search_path_plugin import SearchPathPlugin

from mcgan.config.paths import conf_dir, conf_dirs, import_from_here, user_dirs


class UserConfigs(SearchPathPlugin):
    """Adds the folders of MCGAN_CONF behind ours: they show in --help, TAB and glob(*) too.

    Hydra asks this of every application in the process: those of others are left as they are.
    """

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Appends the folders of MCGAN_CONF to the places where Hydra looks for YAMLs."""
        folders = [Path(each.path.removeprefix("file://")) for each in search_path.get_path()]
        for folder in user_dirs() if conf_dir() in folders else []:
            search_path.append("MCGAN_CONF", f"file://{folder}")


def list_files(group: str) -> list[Path]:
    """The YAMLs of a group in all folders that Hydra searches, that of --config-dir too."""
    hydra = GlobalHydra.instance()
    sources = hydra.config_loader().get_search_path().get_path() if hydra.is_initialized() else []
    folders = {Path(each.path.removeprefix("file://")) for each in sources} | {*conf_dirs()}
    return sorted(file for folder in folders for file in (folder / group).glob("*.yaml"))


def register() -> None:
    """Makes the user's own options and classes known."""
    Plugins.instance().register(UserConfigs)
    import_from_here()
