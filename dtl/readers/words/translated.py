"""The words of other languages for what columns of a spectrum hold, in English."""

from __future__ import annotations

import re

__all__ = ["in_english"]

#: English word -> words of other languages, in lower case, with accents and without.
_WORDS = {
    "wave": "wellenlänge wellenlaenge wellenlange longueur longitud lunghezza comprimento длина długość dlugosc "
    "golflengte våglängd vaglangd bølgelængde dalgaboyu vlnová hullámhossz",
    "of": "onda onde волны fali",
    "flux": "fluss fluß flussdichte flußdichte strahlungsfluss flujo flusso fluxo поток strumień strumien intensität "
    "intensitaet intensitat intensité intensite intensidad intensità intensita intensidade интенсивность zählrate "
    "zaehlrate messung mesure medida misura natężenie",
    "error": "fehler messfehler unsicherheit rauschen erreur incertitude bruit errores incertidumbre ruido errore "
    "incertezza rumore erro incerteza ruído ошибка погрешность шум błąd blad niepewność niepewnosc szum fout "
    "onzekerheid ruis fel osäkerhet hata",
    "model": "modell modelo modèle modele modello модель sjabloon synthese synthetisch synthèse sintético sintetico "
    "vorlage",
    "sky": "himmel hintergrund ciel cielo céu ceu небо niebo fond fondo fundo фон hemel",
    "telluric": "tellurik tellurisch tellurique telluriques telurico telúrico telurica telúrica tellurico tellurica",
    "mask": "maske masque máscara mascara maschera qualität qualitaet qualité qualite calidad qualità qualita "
    "qualidade маска качество",
    "continuum": "kontinuum continuo contínuo континуум",
    "reference": "vergleichsstern standardstern",
    "target": "zielstern",
    "air": "luft lucht aire aria воздух воздухе powietrze powietrzu",
    "vacuum": "vakuum vacuüm vide vacio vacío vuoto vácuo vacuo вакуум вакууме próżnia próżni",
}
_ENGLISH = {word: english for english, words in _WORDS.items() for word in words.split()}
#: What ends a German compound for an error of something.
_ERRORS = ("fehler", "unsicherheit", "rauschen")
#: The same of scripts that set no blanks between words.
_UNSPACED = {
    "波長": "wave", "波长": "wave", "フラックス": "flux", "流束": "flux", "流量": "flux", "强度": "flux",
    "強度": "flux",
    "誤差": "error", "误差": "error", "不確かさ": "error", "モデル": "model", "模型": "model", "背景": "sky",
    "空气": "air", "空気": "air", "真空": "vacuum",
    "파장": "wave", "플럭스": "flux", "오차": "error", "모델": "model",
}  # fmt: skip
#: Any of these, to be set apart from what is written together with it.
_UNSPACED_WORD = re.compile("|".join(_UNSPACED))


def in_english(words: list[str], text: str) -> list[str]:
    """Words of a name in lower case, those of other languages in English.

    Args:
        words: of the name.
        text: the name itself.
    """
    parts = words if text.isascii() else [part for word in words for part in _apart(word)]
    return [_ENGLISH.get(part) or ("error" if part.endswith(_ERRORS) else part) for part in parts]


def _apart(word: str) -> list[str]:
    return _UNSPACED_WORD.sub(lambda found: f" {_UNSPACED[found[0]]} ", word).split()
