"""Users' own YAMLs and classes, without a fork."""

from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.plugins import Plugins
from hydra.plugins.search_path_plugin import SearchPathPlugin

from mcgan.config.paths import import_from_here, user_dirs


class UserConfigs(SearchPathPlugin):
    """Adds the folders of MCGAN_CONF behind ours: they show in --help, TAB and glob(*) too."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        for folder in user_dirs():
            search_path.append("MCGAN_CONF", f"file://{folder}")


def register() -> None:
    Plugins.instance().register(UserConfigs)
    import_from_here()
