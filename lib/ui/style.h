/*
 * The type scale and the icons by name: shared by the build tool that measures every sentence, the
 * painter that draws it, and the tables of lib/ui. Sizes in logical pixels (ui.md 5).
 */
#ifndef LIB_UI_STYLE_H
#define LIB_UI_STYLE_H

enum ui_style {
    UI_STYLE_CAPTION = 0, /* 13/19 regular */
    UI_STYLE_LABEL5,      /* 13 medium: badges, labels of fields */
    UI_STYLE_FOOT,        /* 13 medium, state lines */
    UI_STYLE_HEAD,        /* 13 semibold */
    UI_STYLE_BODY,        /* 15/22 regular */
    UI_STYLE_BODY5,       /* 15 medium: beside key caps */
    UI_STYLE_CHIP,        /* 15 semibold: names */
    UI_STYLE_TITLE15,     /* 15 semibold */
    UI_STYLE_LEAD,        /* 17 regular */
    UI_STYLE_LEAD6,       /* 17 semibold */
    UI_STYLE_CARD,        /* 19 semibold */
    UI_STYLE_TITLE22,     /* 22/30 semibold */
    UI_STYLE_TITLE,       /* 24/30 semibold */
    UI_STYLE_NUMBER,      /* 38 semibold: the session number */
    UI_STYLES
};

struct ui_style_row {
    unsigned char size;
    unsigned char line; /* distance of baselines */
    unsigned short weight;
};

/* Indexed by enum ui_style. */
#define UI_STYLE_TABLE                                                                             \
    {                                                                                              \
        {13, 19, 400}, {13, 19, 500}, {13, 19, 500}, {13, 19, 600}, {15, 22, 400}, {15, 22, 500},  \
            {15, 22, 600}, {15, 22, 600}, {17, 25, 400}, {17, 25, 600}, {19, 28, 600},             \
            {22, 30, 600}, {24, 30, 600}, {38, 48, 600},                                           \
    }
#define UI_STYLE_NAMES                                                                             \
    {                                                                                              \
        "caption", "label5", "foot", "head", "body", "body5", "chip", "title15", "lead", "lead6",  \
            "card", "title22", "title", "number",                                                  \
    }

enum ui_icon {
    UI_ICON_NONE = 0,
    UI_ICON_EYE,
    UI_ICON_EYE_OFF,
    UI_ICON_HAND,
    UI_ICON_LOCK,
    UI_ICON_SHIELD,
    UI_ICON_SHIELD_PLAIN,
    UI_ICON_COPY,
    UI_ICON_PAUSE,
    UI_ICON_PLAY,
    UI_ICON_STOP,
    UI_ICON_PERSON,
    UI_ICON_PEOPLE,
    UI_ICON_CLOCK,
    UI_ICON_ALERT,
    UI_ICON_INFO,
    UI_ICON_CHECK,
    UI_ICON_X,
    UI_ICON_MIN,
    UI_ICON_SCREEN,
    UI_ICON_WINDOW,
    UI_ICON_REGION,
    UI_ICON_EXIT,
    UI_ICON_NET,
    UI_ICON_REFRESH,
    UI_ICON_ARROW,
    UI_ICON_BACK,
    UI_ICON_FORWARD,
    UI_ICON_CERT,
    UI_ICON_DOT,
    UI_ICON_LOGO,
    UI_ICONS
};

#endif
