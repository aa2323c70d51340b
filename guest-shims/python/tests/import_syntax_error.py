# exit: 1
import syntax_error
