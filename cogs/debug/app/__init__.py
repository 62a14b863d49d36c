"""What is built and wired, once: start and stop, access, registration, the cog's shell."""
