"""Rules, terms and answers that trainers edit, and how they are found."""
