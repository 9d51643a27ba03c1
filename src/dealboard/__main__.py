"""`python -m dealboard` is the same as `dealboard`."""

from dealboard.cli import main

if __name__ == "__main__":
    main()
