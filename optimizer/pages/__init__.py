"""What planners, bureau heads and parents see: complete HTML pages, English or Chinese, that ask no host for anything."""
