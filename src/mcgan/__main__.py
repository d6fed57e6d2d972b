"""`python -m mcgan` is the command `mcgan`."""

from mcgan.cli.main import main

raise SystemExit(main())
