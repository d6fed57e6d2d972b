from mcgan.cli import main

raise SystemExit(main())
