from hypothesis import settings

settings.register_profile("domain", deadline=None)
settings.load_profile("domain")
