#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line

from nh_otp.launcher import lend

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nh_otp.settings")
    lend.borrow(sys.argv, os.environ)
    execute_from_command_line(sys.argv)
