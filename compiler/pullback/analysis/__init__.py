"""What is known of a program before it is transformed: activity, liveness, aliasing."""
