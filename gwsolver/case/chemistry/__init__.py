"""What a case says of oil and reactions: tables, and how they become the settings of the reactions' room."""
