"""Every part of the screens in every state: what a designer looks through, and what a test holds complete."""
