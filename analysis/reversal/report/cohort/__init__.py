"""Morning page, cohort figures and slides."""
