"""What trainers and trainees work with."""
