"""The command `cairn`."""

from services.console.commands import cairn


def main() -> None:
    """Run the command line."""
    cairn()


if __name__ == "__main__":
    main()
