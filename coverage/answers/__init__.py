"""What would it take, what did it, what does it cost, and how good is it?"""
