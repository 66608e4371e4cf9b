from dtl.interface import ModelBundle as ModelBundle
from dtl.interface import Results as Results
from dtl.interface import Spectrum as Spectrum
from dtl.interface import UnusableInput as UnusableInput
from dtl.interface import adapt as adapt
from dtl.interface import draw_diagram as draw_diagram
from dtl.interface import example as example
from dtl.interface import examples as examples
from dtl.interface import explain as explain
from dtl.interface import fit_least_squares as fit_least_squares
from dtl.interface import load_bundle as load_bundle
from dtl.interface import predict as predict
from dtl.interface import prepare as prepare
from dtl.interface import read as read

__version__: str
