from dtl.interface.functions import ModelBundle as ModelBundle
from dtl.interface.functions import Results as Results
from dtl.interface.functions import Spectrum as Spectrum
from dtl.interface.functions import UnusableInput as UnusableInput
from dtl.interface.functions import adapt as adapt
from dtl.interface.functions import draw_diagram as draw_diagram
from dtl.interface.functions import example as example
from dtl.interface.functions import examples as examples
from dtl.interface.functions import explain as explain
from dtl.interface.functions import fit_least_squares as fit_least_squares
from dtl.interface.functions import load_bundle as load_bundle
from dtl.interface.functions import predict as predict
from dtl.interface.functions import prepare as prepare
from dtl.interface.functions import read as read

__version__: str
