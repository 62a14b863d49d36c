"""Questions of commands and pages → frozen answers, the same for whoever renders them."""
