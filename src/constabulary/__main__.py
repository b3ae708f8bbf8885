"""Run the command line as `python -m constabulary`."""

from constabulary.cli import main

if __name__ == "__main__":
    main()
