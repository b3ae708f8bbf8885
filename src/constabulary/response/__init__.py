"""Response: from a call for help to a unit at the scene; who answers, who is sent, how long it takes."""
