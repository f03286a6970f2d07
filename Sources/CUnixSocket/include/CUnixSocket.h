int cunix_placeholder(void);
