"""Stories of customers, one file for each signal, told in Japanese and English: what happened, and what follows."""
