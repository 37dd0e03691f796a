"""What the tests of this folder share."""

from tests.unit.profiles.stage import scenes as scenes
