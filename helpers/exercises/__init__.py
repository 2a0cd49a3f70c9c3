"""One module per lesson: reference answers, hints, questions and the mistakes people make."""
