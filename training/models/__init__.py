"""The networks; every layer is named, so that tags do not depend on what was built before."""
