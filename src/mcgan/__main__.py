from mcgan.cli.main import main

raise SystemExit(main())
